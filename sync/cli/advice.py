"""What a person can do about an error whose own words leave that open; it judges nothing else."""

from sync.errors import OpsyncError, RecordTrouble, RetryLater, SideDown


def advised(error: OpsyncError) -> str:
    """The error's message with a next step, as one line."""
    said = str(error).removesuffix(".")
    match error:
        case RetryLater():
            return said if "later" in said or "goes on" in said else f"{said}; try later"
        case SideDown() | RecordTrouble():
            return f"{said}; `opsync check` tells more"
        case _:
            return str(error)
