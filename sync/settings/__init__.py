"""The configuration: a TOML file, the environment and secret files read once into frozen values."""

from sync.settings.load import Loaded, find_config, load_settings
from sync.settings.sections import Settings

__all__ = ["Loaded", "Settings", "find_config", "load_settings"]
