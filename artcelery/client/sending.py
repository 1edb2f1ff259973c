"""What an order needs of this machine, sent to the server that is to render it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from artcelery.client.assets import RemoteAssets
from artcelery.client.uploads import Uploads
from artcelery.core.engine.order import Order
from artcelery.core.errors import UsageError
from artcelery.core.hashing import content_hash, is_hash

if TYPE_CHECKING:
    from artcelery.core.config import Config

__all__ = ["Sending"]


class Sending:
    """Finds the files that an order means, and sends those that the server does not have."""

    def __init__(self, assets: RemoteAssets, uploads: Uploads) -> None:
        self._assets, self._uploads = assets, uploads

    def words(self, order: Order) -> dict[str, str]:
        """The inputs of an order as hashes and names that the server knows; UsageError names what is nowhere."""
        self._send_pinned(order.config)
        lost = [str(said) for said in order.inputs.values() if self._is_nowhere(said)]
        if lost:
            raise UsageError("\n".join(map(_nowhere, lost)))
        return {name: self._word(said) for name, said in order.inputs.items()}

    def _word(self, said: str | Path) -> str:
        if isinstance(said, str) and (is_hash(said) or not os.path.lexists(said) or self._is_asset(said)):
            return said
        return self._uploads.send(Path(said))

    def _is_nowhere(self, said: str | Path) -> bool:
        """Whether these are the words for a file that is not here; of plain names the server knows more."""
        text = str(said)
        looks_like_file = os.sep in text or "." in text
        return looks_like_file and not os.path.lexists(text) and not self._is_asset(text)

    def _is_asset(self, said: str) -> bool:
        return os.sep not in said and said in self._assets.names()

    def _send_pinned(self, config: Config) -> None:
        """Files that a config pins by their hash and keeps beside it go to a server that does not have them."""
        folder = Path(config.file).parent
        for pin in config.assets.values():
            path = folder / pin.path if pin.path else None
            if pin.hash and path and path.is_file() and content_hash(path) == pin.hash:
                self._uploads.send(path)


def _nowhere(said: str) -> str:
    return f"there is no asset, file or hash {said!r}; `artcelery assets list` shows the assets"
