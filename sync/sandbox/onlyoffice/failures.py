"""The errors the portal answers with, as .NET words them; it must not decide when they apply."""


class ApiFailure(Exception):
    """One error envelope: HTTP status, message and the .NET error number."""

    def __init__(self, status: int, message: str, hresult: int) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.hresult = hresult


class Unauthorized(Exception):
    """No valid login: answered as bare text, not as an envelope."""


# onlyoffice.md 3.6 and onlyoffice-enums.json "hresult" (seen 2026-11-22)
def not_found(message: str = "Not found") -> ApiFailure:
    return ApiFailure(404, message, -2147467259)


def bad_argument(message: str = "Value does not fall within the expected range.") -> ApiFailure:
    return ApiFailure(400, message, -2147024809)


def bad_format(message: str = "Input string was not in a correct format.") -> ApiFailure:
    return ApiFailure(400, message, -2146233033)


def too_large(kind: str) -> ApiFailure:
    return ApiFailure(400, f"Value was either too large or too small for {kind}.", -2146233066)


def access_denied() -> ApiFailure:
    return ApiFailure(403, "Access Denied", -2146233078)


def module_forbidden() -> ApiFailure:
    return ApiFailure(403, "Forbidden", -2147467259)


def null_reference() -> ApiFailure:
    return ApiFailure(500, "Object reference not set to an instance of an object.", -2147467261)


def login_failed(message: str = "User authentication failed") -> ApiFailure:
    # A wrong password is a 500, not a 401.  onlyoffice.md 2.3 (seen 2026-11-22)
    return ApiFailure(500, message, -2146233087)


def too_many_attempts() -> ApiFailure:
    return login_failed("Login Fail. Too many attempts")
