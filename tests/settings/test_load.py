"""Loading takes the file, the environment and secret files together and tells all that is wrong at once."""

from pathlib import Path

import pytest

from sync.errors import Misconfigured
from sync.settings import find_config, load_settings
from tests.settings.build import MINIMAL, a_config

NO_ENVIRONMENT: dict[str, str] = {}


def problems(path: Path, environ: dict[str, str] = NO_ENVIRONMENT) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        load_settings(path, environ)
    return list(caught.value.problems)


def test_a_small_file_is_enough(tmp_path: Path) -> None:
    """Everything but addresses, users, secrets and stages has a default."""
    loaded = load_settings(a_config(tmp_path), NO_ENVIRONMENT)

    assert loaded.settings.policy.gone_after_s == 600
    assert loaded.settings.superoffice.password is not None
    assert loaded.settings.superoffice.password.get_secret_value() == "left-secret"
    assert loaded.warnings == ()


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """One line for each: misspelled, wrong type, out of range, not a choice, missing, no secret."""
    text = MINIMAL.replace("base_url =", "base_ur =", 1).replace('password_file = "right.password"', "")
    more = '[policy]\nfirst_link = "left"\ngone_after_s = "soon"\n[web]\nport = 99999\n[sechdule]\n'

    assert sorted(problems(a_config(tmp_path, more, text=text))) == [
        "onlyoffice.password: missing secret: set OPSYNC_ONLYOFFICE__PASSWORD, "
        "or password_file to a file that holds it",
        "policy.first_link: must be one of superoffice, onlyoffice, ask",
        "policy.gone_after_s: must be a number",
        "sechdule: unknown setting (did you mean schedule?)",
        "superoffice.base_ur: unknown setting (did you mean base_url?)",
        "superoffice.base_url: missing",
        "web.port: must be at most 65535",
    ]


def test_an_empty_file_names_what_is_needed(tmp_path: Path) -> None:
    """Whole sections missing read like their settings missing."""
    found = problems(a_config(tmp_path, text=""))

    assert any(line.startswith("superoffice.base_url: missing") for line in found)
    assert any(line.startswith("onlyoffice.user: missing") for line in found)
    assert any(line.startswith("mapping.stages: needs at least one") for line in found)


def test_numbers_in_quotes_are_refused(tmp_path: Path) -> None:
    """A file is read strictly: nothing is converted behind the user's back."""
    assert problems(a_config(tmp_path, '[budget]\nworkers = "8"\n')) == [
        "budget.workers: must be a whole number"
    ]


@pytest.mark.parametrize("section", ["superoffice", "onlyoffice"])
def test_a_secret_in_the_file_is_refused_without_being_shown(tmp_path: Path, section: str) -> None:
    """The message says where the secret belongs, and does not repeat it."""
    text = MINIMAL.replace(f"[{section}]", f'[{section}]\npassword = "open-sesame"')
    (line,) = problems(a_config(tmp_path, text=text))

    assert line.startswith(f"{section}.password: a secret does not belong in this file")
    assert f"OPSYNC_{section.upper()}__PASSWORD" in line
    assert "open-sesame" not in line


def test_a_password_inside_the_state_url_is_refused(tmp_path: Path) -> None:
    """It may come by environment, where it stays out of `repr`."""
    url = "postgresql://opsync:open-sesame@db/opsync"
    (line,) = problems(a_config(tmp_path, f'[state]\nurl = "{url}"\n'))
    loaded = load_settings(a_config(tmp_path), {"OPSYNC_STATE__URL": url})

    assert "OPSYNC_STATE__URL" in line
    assert "open-sesame" not in line + repr(loaded)
    assert loaded.settings.state.url.get_secret_value() == url


def test_the_environment_wins_and_is_typed(tmp_path: Path) -> None:
    """Also over a secret file; an empty variable counts as not set."""
    environ = {
        "OPSYNC_ONLYOFFICE__PASSWORD": "from-environment",
        "OPSYNC_BUDGET__SUPEROFFICE__ATTEMPTS": "2",
        "OPSYNC_COMPANIES__CREATE_IN_ONLYOFFICE": "true",
        "OPSYNC_MAPPING__FIELDS__TITLE__POLICY": "superoffice",
        "OPSYNC_WEB__PORT": "",
        "OPSYNC_CONFIG": "ignored",
    }
    loaded = load_settings(a_config(tmp_path), environ)

    assert loaded.settings.onlyoffice.password is not None
    assert loaded.settings.onlyoffice.password.get_secret_value() == "from-environment"
    assert loaded.settings.budget.superoffice.attempts == 2
    assert loaded.settings.companies.create_in_onlyoffice is True
    assert loaded.settings.web.port == 8370
    assert loaded.origins["budget.superoffice.attempts"] == "OPSYNC_BUDGET__SUPEROFFICE__ATTEMPTS"
    assert loaded.origins["superoffice.base_url"] == "file"


def test_a_wrong_environment_variable_is_named(tmp_path: Path) -> None:
    """People look for the mistake where it was made."""
    environ = {"OPSYNC_WEB__PORT": "many", "OPSYNC_WEB__PROT": "1", "OPSYNC_LOG__LEVEL__DEEP": "x"}

    assert sorted(problems(a_config(tmp_path), environ)) == [
        "log.level: must be one of debug, info, warning, error",
        "web.port: must be a whole number (set by OPSYNC_WEB__PORT)",
        "web.prot: unknown setting (did you mean port?) (set by OPSYNC_WEB__PROT)",
    ]


def test_a_secret_file_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    """It works, and says what to do."""
    path = a_config(tmp_path)
    (tmp_path / "left.password").chmod(0o640)

    (warning,) = load_settings(path, NO_ENVIRONMENT).warnings
    assert warning.startswith("superoffice.password_file:")
    assert "chmod 600" in warning


def test_missing_and_empty_secret_files_are_problems(tmp_path: Path) -> None:
    """And not, on top of that, missing secrets."""
    found = problems(a_config(tmp_path, secrets={"right.password": ""}))

    assert len(found) == 2
    assert found[0].startswith("superoffice.password_file:")
    assert "cannot be read" in found[0]
    assert found[1].endswith("right.password is empty")


def test_files_and_sqlite_start_at_the_configs_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the command was started."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "ca.pem").write_text("-")
    path = a_config(tmp_path, '[budget.onlyoffice]\nca_file = "ca.pem"\n')
    monkeypatch.chdir(tmp_path / "elsewhere")
    settings = load_settings(path, NO_ENVIRONMENT).settings

    assert settings.state.url.get_secret_value() == f"sqlite:///{tmp_path / 'opsync.db'}"
    assert settings.budget.onlyoffice.ca_file == str(tmp_path / "ca.pem")


@pytest.mark.parametrize(
    ("login", "needed"), [("basic", "password"), ("ticket", "ticket"), ("bearer", "token")]
)
def test_each_login_asks_for_its_own_secret(tmp_path: Path, login: str, needed: str) -> None:
    """The others are not missed."""
    text = MINIMAL.replace('password_file = "left.password"', f'login = "{login}"')
    (line,) = problems(a_config(tmp_path, text=text))

    assert line.startswith(f"superoffice.{needed}: missing secret")


def test_secrets_show_as_stars(tmp_path: Path) -> None:
    """In `repr` and in dumps; only `secrets()` gives them in clear."""
    settings = load_settings(a_config(tmp_path), NO_ENVIRONMENT).settings

    assert "left-secret" not in repr(settings)
    assert "right-secret" not in repr(settings)
    assert {"left-secret", "right-secret"} <= set(settings.secrets())


def test_plain_http_to_another_machine_is_a_warning(tmp_path: Path) -> None:
    """On this machine it is nobody's business."""
    text = MINIMAL.replace("https://crm.example.com", "http://crm.example.com")
    remote = load_settings(a_config(tmp_path, text=text), NO_ENVIRONMENT)
    local = load_settings(
        a_config(tmp_path, text=text.replace("crm.example.com", "127.0.0.1")), NO_ENVIRONMENT
    )

    assert [line.split(":")[0] for line in remote.warnings] == ["superoffice.base_url"]
    assert local.warnings == ()


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('[[mapping.stages]]\nstatus = "open"\nstage = "A"\n', "mapping.stages row 2: `rating` names"),
        ('[[mapping.stages]]\nstatus = "won"\nstage = "A"\n', "mapping.stages row 2.status: must be one of"),
        ("[mapping.fields.titel]\n", "mapping.fields.titel: unknown setting (did you mean title?)"),
        ('[budget.superoffice]\nca_file = "none.pem"\n', "none.pem is not there"),
        ("[policy]\nsettle_s = nan\n", "policy.settle_s: must be a"),
        ("[web]\nport = true\n", "web.port: must be a whole number"),
        ("policy = = 3\n", "is not TOML"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, more: str, problem: str) -> None:
    """Each with words that name the place."""
    assert problem in "\n".join(problems(a_config(tmp_path, more)))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Also when it comes from the environment; without any, all places are."""
    (line,) = problems(tmp_path / "none.toml")
    with pytest.raises(Misconfigured, match="opsync init"):
        find_config(None, NO_ENVIRONMENT)

    assert "none.toml: cannot be read" in line
    assert find_config(None, {"OPSYNC_CONFIG": "there.toml"}) == Path("there.toml")
    assert find_config(Path("here.toml"), {"OPSYNC_CONFIG": "there.toml"}) == Path("here.toml")
