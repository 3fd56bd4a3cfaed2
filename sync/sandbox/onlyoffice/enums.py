"""The portal's numbered enumerations; it must not hold behaviour."""

from enum import IntEnum

# Numbers on the wire; requests may also use the names.  onlyoffice-enums.json (seen 2026-11-22)


class BidType(IntEnum):
    FIXED_BID = 0
    PER_HOUR = 1
    PER_DAY = 2
    PER_WEEK = 3
    PER_MONTH = 4
    PER_YEAR = 5


class StageType(IntEnum):
    OPEN = 0
    CLOSED_AND_WON = 1
    CLOSED_AND_LOST = 2


class FieldType(IntEnum):
    TEXT_FIELD = 0
    TEXT_AREA = 1
    SELECT_BOX = 2
    CHECK_BOX = 3
    HEADING = 4
    DATE = 5


class ShareType(IntEnum):
    NONE = 0
    READ_WRITE = 1
    READ = 2


class ContactView(IntEnum):
    ALL = 0
    COMPANY = 1
    PERSON = 2
    WITH_OPPORTUNITY = 3


class InfoType(IntEnum):
    PHONE = 0
    EMAIL = 1
    WEBSITE = 2
    SKYPE = 3
    TWITTER = 4
    LINKED_IN = 5
    FACEBOOK = 6
    ADDRESS = 7
    LIVE_JOURNAL = 8
    MY_SPACE = 9
    G_MAIL = 10
    BLOGGER = 11
    YAHOO = 12
    MSN = 13
    ICQ = 14
    JABBER = 15
    AIM = 16
    VK = 17


INFO_CATEGORIES = ("Home", "Work", "Other")
PHONE_CATEGORIES = ("Home", "Work", "Mobile", "Fax", "Direct", "Other")


def info_categories(kind: int | None) -> tuple[str, ...]:
    return PHONE_CATEGORIES if kind == InfoType.PHONE else INFO_CATEGORIES


class UserStatus(IntEnum):
    ACTIVE = 1
    TERMINATED = 2
