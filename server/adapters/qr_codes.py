"""QR codes (ISO/IEC 18004) as SVG."""

from __future__ import annotations

import io

from server.adapters.bounded_pool import BoundedPool


class SegnoQrCodes:
    """Implements :class:`server.ports.QrCodes`. Drawing one takes some 20 ms, so it has a thread of its own."""

    def __init__(self) -> None:
        self._pool = BoundedPool("qr")

    async def svg(self, text: str) -> str:
        return await self._pool.run(lambda: _draw(text))

    def close(self) -> None:
        self._pool.close()


def _draw(text: str) -> str:
    import segno  # only where somebody sets up an authenticator app

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        border=4,
        dark="#000",
        light="#fff",
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue().decode().strip()
