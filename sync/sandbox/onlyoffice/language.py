"""The words a portal translates: titles made at its first start, and some errors; it must not decide any."""

from sync.sandbox.onlyoffice.state import State

# In the language of whoever opened the CRM first.  onlyoffice.md 5.3 and 5.4 (seen 2026-11-22)
STAGES = {
    "Initial contact": "Første kontakt",
    "Application of initial fit criteria": "Første vurdering",
    "Suspect": "Mulig kunde",
    "Need assessment": "Behovsanalyse",
    "Qualified prospect": "Kvalifisert kunde",
    "Proposal": "Tilbud",
    "Negotiations": "Forhandling",
    "Closure/Transaction": "Avsluttet og vunnet",
    "Unsuccessfully closed": "Avsluttet uten salg",
}
# Messages from resources follow the user's language, the framework's own do not.  onlyoffice.md 3.6
ERRORS = {
    "Access Denied": "Ingen tilgang",
    "Deal milestone is not found": "Fant ikke stadiet",
    "User authentication failed": "Innloggingen mislyktes",
    "Login Fail. Too many attempts": "Innloggingen mislyktes. For mange forsøk",
}


def say(state: State, message: str) -> str:
    return ERRORS.get(message, message) if state.switches.get("language") == "nb" else message


def title_of(state: State, title: str) -> str:
    return STAGES.get(title, title) if state.switches.get("language") == "nb" else title
