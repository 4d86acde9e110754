"""Where config, history and state live."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

APP = "console"


@dataclass(frozen=True, slots=True)
class Places:
    """Files and folders of one user; none need exist."""

    config: Path
    data: Path
    """History."""
    state: Path
    """The last screen, crash reports."""

    @property
    def history(self) -> Path:
        """Folder with one SQLite file a context."""
        return self.data / "history"

    @property
    def crashes(self) -> Path:
        return self.state / "crashes"

    @property
    def themes(self) -> Path:
        """The operator's own themes, beside the config."""
        return self.config.parent / "themes"


def places(config: str | None = None, env: Mapping[str, str] = os.environ) -> Places:
    """`--config`, then CONSOLE_CONFIG, CONSOLE_DATA_DIR and CONSOLE_STATE_DIR, then the system's usual folders."""
    chosen = config or env.get("CONSOLE_CONFIG")
    data, state = env.get("CONSOLE_DATA_DIR"), env.get("CONSOLE_STATE_DIR")
    if not (chosen and data and state):
        import platformdirs

        usual = platformdirs.PlatformDirs(APP, appauthor=False)
        chosen = chosen or str(Path(usual.user_config_dir) / "config.toml")
        data = data or usual.user_data_dir
        state = state or usual.user_state_dir
    return Places(Path(chosen).expanduser(), Path(data).expanduser(), Path(state).expanduser())
