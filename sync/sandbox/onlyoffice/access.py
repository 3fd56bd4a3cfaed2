"""Who may see and change what; it must not read requests."""

from collections.abc import Iterable

from sync.sandbox.onlyoffice.records import Contact, Opportunity, User

# onlyoffice.md 9 (seen 2026-11-22): administrators see everything, others what is public or names them.


def may_see(user: User, record: Opportunity) -> bool:
    return user.is_admin or not record.access or user.id in record.access


def may_edit(user: User, record: Opportunity) -> bool:
    """Whoever may see may edit, so "not editable" never meets a record that was found."""
    return may_see(user, record) or user.id in (record.responsible, record.created_by)


def may_share(user: User, record: Opportunity) -> bool:
    return user.is_admin or user.id == record.created_by


def may_see_contact(user: User, contact: Contact) -> bool:
    return user.is_admin or contact.share_type != 0 or user.id in contact.managers


def may_edit_contact(user: User, contact: Contact) -> bool:
    return user.is_admin or contact.share_type == 1 or user.id in (contact.created_by, *contact.managers)


def shared_with(user: User, names: Iterable[str], *, private: bool) -> list[str]:
    """The access list after a call: private only with at least one name, and the caller is then added."""
    # onlyoffice.md 4.4 and 4.5 (seen 2026-11-22)
    listed = list(dict.fromkeys(names))
    if not private or not listed:
        return []
    return listed if user.id in listed else [*listed, user.id]
