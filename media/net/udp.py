"""UDP in batches: one system call takes or gives many datagrams, straight from and to numpy buffers.

Linux' recvmmsg(2) and sendmmsg(2) are called through cffi's ABI mode; where they are missing, :class:`PortableSocket`
does the same one datagram at a time. Both are non-blocking; neither knows what the bytes mean.

An address is a row of :data:`ADDRESS_BYTES` bytes, the raw ``sockaddr_in`` or ``sockaddr_in6`` padded with zeros: it is
handed back to the kernel as it came, and its bytes are the peer's hashable key (family, address and port).
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any, Final, Protocol

import ifaddr
import numpy as np
import numpy.typing as npt
from cffi import FFI

ROW_BYTES: Final = 2048
"""Room for one datagram: more than any path MTU that WebRTC uses, and a power of two."""

ADDRESS_BYTES: Final = 28
"""``sizeof(struct sockaddr_in6)``."""

DEFAULT_BATCH: Final = 128
"""Datagrams taken by one :meth:`DatagramSocket.receive`."""

BUFFER_BYTES: Final = 4 << 20
"""Asked of the kernel for each direction; it grants at most net.core.rmem_max and wmem_max."""

_IPV4_BYTES: Final = 16
_IPV4_FAMILY: Final = struct.pack("=H", socket.AF_INET)
_MAX_BATCH: Final = 1024
"""UIO_MAXIOV: sendmmsg(2) takes no more messages in one call."""

Bytes2D = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.integer[Any]]


class DatagramSocket(Protocol):
    """What both kinds do. One thread at a time; errors other than those named are :class:`OSError`."""

    local: tuple[str, int]
    """Where it is bound."""
    rx: Bytes2D
    """(batch, ROW_BYTES): the datagrams that the last :meth:`receive` took, from row 0."""
    rx_lengths: npt.NDArray[np.int32]
    """(batch,): their lengths; 0 for an empty datagram and for one too long for its row."""
    rx_addresses: Bytes2D
    """(batch, ADDRESS_BYTES): who sent them."""
    rx_address_lengths: npt.NDArray[np.int32]
    """(batch,): how many bytes of each address the kernel wrote."""
    refused: int
    """Datagrams that the kernel would not send (no route, firewall, bad address), since the start."""

    def fileno(self) -> int: ...

    def receive(self) -> int:
        """Take what has arrived, at most a batch, into the ``rx`` arrays; how many, 0 when nothing waits."""
        ...

    def send(self, rows: Bytes2D, lengths: Integers, addresses: Bytes2D, address_lengths: Integers, count: int) -> int:
        """Send the first ``count`` rows, each to its address.

        ``rows`` and ``addresses`` are uint8 arrays whose last axis is contiguous; they are read during the call alone.
        One datagram that the kernel refuses is skipped and counted in :attr:`refused`, and the rest goes on.
        Returns how many rows are dealt with (sent or refused): fewer than ``count`` only when the socket is full, and
        the caller may offer the tail again when it has drained.
        """
        ...

    def close(self) -> None:
        """Idempotent."""
        ...


# ------------------------------------------------------------------------------------------------------------- addresses


def pack_address(ip: str, port: int) -> bytes:
    """The row of an address, ADDRESS_BYTES long. ``ip`` may have a zone (``fe80::1%2``, by index).

    Raises ValueError for what is not an address or not a port.
    """
    if not 0 <= port <= 0xFFFF:
        raise ValueError(f"{port} is not a port: it is 0 to 65535")
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv4Address):
        row = struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + address.packed
    else:
        row = struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 0) + address.packed
        row += struct.pack("=I", int(address.scope_id or 0))
    return row.ljust(ADDRESS_BYTES, b"\0")


def unpack_address(row: bytes) -> tuple[str, int]:
    """The IP address (with its zone's index, where it has one) and port of a row. Raises ValueError."""
    if len(row) < ADDRESS_BYTES:
        raise ValueError(f"an address row has {ADDRESS_BYTES} bytes, not {len(row)}")
    (family,) = struct.unpack_from("=H", row)
    (port,) = struct.unpack_from("!H", row, 2)
    if family == socket.AF_INET:
        return str(ipaddress.IPv4Address(row[4:8])), port
    if family == socket.AF_INET6:
        (scope,) = struct.unpack_from("=I", row, 24)
        zone = f"%{scope}" if scope else ""
        return f"{ipaddress.IPv6Address(row[8:24])}{zone}", port
    raise ValueError(f"address family {family} is neither IPv4 nor IPv6")


def packed_address(row: bytes) -> tuple[bytes, int]:
    """The IP address of a well-formed row, in network order (4 or 16 bytes), and the port."""
    packed = row[4:8] if row[:2] == _IPV4_FAMILY else row[8:24]
    return packed, int.from_bytes(row[2:4], "big")


def address_length(row: bytes) -> int:
    """Bytes of a row that the kernel wants: 16 for IPv4, 28 for IPv6."""
    return _IPV4_BYTES if row[:2] == _IPV4_FAMILY else ADDRESS_BYTES


def address_keys(rows: Bytes2D) -> list[bytes]:
    """The hashable key of each row of a (n, ADDRESS_BYTES) array: its bytes, as :func:`pack_address` makes them."""
    data = rows.tobytes()
    return [data[start : start + ADDRESS_BYTES] for start in range(0, len(data), ADDRESS_BYTES)]


def local_addresses() -> tuple[str, ...]:
    """The IP addresses of every interface, loopback among them, IPv4 first.

    Link-local IPv6 is left out: it means nothing without the listener's own zone, so no candidate can carry it.
    """
    found: dict[str, int] = {}
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            ip = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
            address = ipaddress.ip_address(ip)
            if not (address.version == 6 and address.is_link_local):
                found[ip] = address.version
    return tuple(sorted(found, key=lambda ip: found[ip]))


def _bound_socket(ip: str, port: int) -> socket.socket:
    """Raises OSError (port taken, not our address) and ValueError (not an address)."""
    version = ipaddress.ip_address(ip).version
    sock = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        if version == 6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        sock.bind((ip, port))
    except BaseException:
        sock.close()
        raise
    return sock


def _local(sock: socket.socket) -> tuple[str, int]:
    name = sock.getsockname()
    return name[0], name[1]


# ------------------------------------------------------------------------------------------------------------ Linux mmsg

_FEW: Final = 4
"""Up to so many elements a loop is faster than numpy, all the more with a cold cache."""

_FULL: Final = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS, errno.ENOMEM})

# struct mmsghdr and struct iovec of every 64-bit little-endian Linux. (musl pads msg_iovlen and msg_controllen to
# eight bytes, which a little-endian 64-bit store fills alike.)
_HEADER: Final = np.dtype(
    {
        "names": ["name", "name_length", "iov", "iov_count", "control", "control_length", "flags", "length"],
        "formats": ["u8", "u4", "u8", "u8", "u8", "u8", "i4", "u4"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56],
        "itemsize": 64,
    }
)
_IOVEC: Final = np.dtype([("base", "u8"), ("length", "u8")])

_DECLARATIONS: Final = """
int recvmmsg(int sockfd, void *msgvec, unsigned int vlen, int flags, void *timeout);
int sendmmsg(int sockfd, void *msgvec, unsigned int vlen, int flags);
"""


def batching_available() -> bool:
    """Whether :class:`BatchSocket` works here."""
    if not (sys.platform == "linux" and sys.byteorder == "little" and sys.maxsize > 1 << 32):
        return False
    ffi = FFI()
    ffi.cdef(_DECLARATIONS)
    library = ffi.dlopen(None)
    return hasattr(library, "recvmmsg") and hasattr(library, "sendmmsg")


class BatchSocket:
    """A :class:`DatagramSocket` over recvmmsg(2) and sendmmsg(2).

    The columns of the header arrays are looked up once, since numpy makes a new object at each look: voice comes in
    small batches to a cold cache, where every such object is felt.

    Raises OSError when ``ip`` and ``port`` cannot be bound, ValueError when ``ip`` is no address.
    """

    def __init__(self, ip: str, port: int, batch: int = DEFAULT_BATCH) -> None:
        self._ffi = FFI()
        self._ffi.cdef(_DECLARATIONS)
        self._library: Any = self._ffi.dlopen(None)
        self._socket = _bound_socket(ip, port)
        self._fd = self._socket.fileno()
        self.local = _local(self._socket)
        self.refused = 0
        self._batch = batch
        # The kernel writes back what it was offered: a socket of one family knows only one length.
        self._name_length = name_length = _IPV4_BYTES if self._socket.family == socket.AF_INET else ADDRESS_BYTES
        self.rx = np.zeros((batch, ROW_BYTES), np.uint8)
        self.rx_lengths = np.zeros(batch, np.int32)
        self.rx_addresses = np.zeros((batch, ADDRESS_BYTES), np.uint8)
        self.rx_address_lengths = np.full(batch, name_length, np.int32)
        self._rx_headers = _Headers(batch)
        self._rx_headers.point(self.rx, self.rx_addresses, batch)
        self._rx_headers.lengths[:] = ROW_BYTES
        self._rx_headers.name_lengths[:] = name_length
        self._rx_results = memoryview(self._rx_headers.results)  # type: ignore[arg-type]
        self._rx_lengths = memoryview(self.rx_lengths)  # type: ignore[arg-type]
        self._rx_pointer = self._ffi.cast("void *", self._rx_headers.address)
        self._tx_headers = _Headers(_MAX_BATCH)
        self._tx_pointer = self._ffi.cast("char *", self._tx_headers.address)

    def fileno(self) -> int:
        return self._fd

    def receive(self) -> int:
        # With MSG_TRUNC the kernel tells how long a datagram was, however much of it fitted.
        count: int = self._library.recvmmsg(self._fd, self._rx_pointer, self._batch, socket.MSG_TRUNC, self._ffi.NULL)
        if count < 0:
            code = self._ffi.errno
            if code in (errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR, errno.ECONNREFUSED):
                return 0
            raise OSError(code, "recvmmsg")
        if count <= _FEW:
            for index in range(count):
                length = self._rx_results[index]
                self._rx_lengths[index] = length if length <= ROW_BYTES else 0
        else:
            lengths = self.rx_lengths[:count]
            lengths[:] = self._rx_headers.results[:count]
            lengths[lengths > ROW_BYTES] = 0
        return count

    def send(self, rows: Bytes2D, lengths: Integers, addresses: Bytes2D, address_lengths: Integers, count: int) -> int:
        done = 0
        while done < count:
            part = min(count - done, _MAX_BATCH)
            end = done + part
            handed = self._send_part(
                rows[done:end], lengths[done:end], addresses[done:end], address_lengths[done:end], part
            )
            done += handed
            if handed < part:
                break
        return done

    def _send_part(
        self, rows: Bytes2D, lengths: Integers, addresses: Bytes2D, address_lengths: Integers, count: int
    ) -> int:
        headers = self._tx_headers
        headers.point(rows, addresses, count)
        headers.lengths[:count] = lengths
        headers.name_lengths[:count] = address_lengths
        return self._hand_over(self._tx_pointer, count)

    def pin(self, rows: Bytes2D, addresses: Bytes2D) -> PinnedRows:
        """Headers of their own for rows that stay where they are, at most 1,024; the caller keeps the arrays alive."""
        headers = _Headers(len(rows))
        headers.point(rows, addresses, len(rows))
        headers.name_lengths[:] = self._name_length
        return PinnedRows(headers, self._ffi.cast("char *", headers.address), self._hand_over)

    def _hand_over(self, headers: Any, count: int) -> int:
        """sendmmsg(2) with ``count`` headers from a pointer on; how many are dealt with."""
        done = 0
        while done < count:
            pointer = headers + done * _HEADER.itemsize if done else headers
            sent: int = self._library.sendmmsg(self._fd, pointer, count - done, 0)
            if sent > 0:
                done += sent
                continue
            code = self._ffi.errno
            if code in _FULL:
                return done
            if code == errno.EBADF:
                raise OSError(code, "sendmmsg")
            if code != errno.EINTR:
                self.refused += 1
                done += 1
        return done

    def close(self) -> None:
        self._socket.close()
        self._fd = -1


class PinnedRows:
    """Rows whose message headers are written once and for all: sending them is the system call and nothing else."""

    def __init__(self, headers: _Headers, pointer: Any, hand_over: Callable[[Any, int], int]) -> None:
        self._headers = headers
        self._pointer = pointer
        self._hand_over = hand_over
        self.lengths = headers.low_lengths
        """Bytes of each row: the kernel's own fields, 16 bytes apart."""

    def send(self, first: int, end: int) -> int:
        """As :meth:`DatagramSocket.send`, for the rows from ``first`` up to ``end``."""
        pointer = self._pointer + first * _HEADER.itemsize if first else self._pointer
        return self._hand_over(pointer, end - first)


class _Headers:
    """An array of ``struct mmsghdr``, each with one ``struct iovec``, and its columns."""

    def __init__(self, count: int) -> None:
        self._index = np.arange(count, dtype=np.uint64)
        self._headers = np.zeros(count, _HEADER)
        self._vectors = np.zeros(count, _IOVEC)
        self._headers["iov"] = self._vectors.ctypes.data + self._index * np.uint64(_IOVEC.itemsize)
        self._headers["iov_count"] = 1
        self.address = self._headers.ctypes.data
        self.lengths = self._vectors["length"]
        """Bytes offered in each row."""
        self.low_lengths = self._vectors.view(np.int32).reshape(count, _IOVEC.itemsize // 4)[:, 2]
        """Their lower halves, which hold the whole of every length here (the machine is little-endian)."""
        self.name_lengths = self._headers["name_length"]
        self.results = self._headers["length"]
        """What the kernel says it received or sent."""
        self._bases = self._vectors["base"]
        self._names = self._headers["name"]
        self._pointed: tuple[object, ...] = ()
        self._pointed_count = 0

    def point(self, rows: Bytes2D, addresses: Bytes2D, count: int) -> None:
        """Make the first ``count`` headers point to the rows and addresses; cheap when they do so already."""
        row, name = _address_of(rows), _address_of(addresses)
        layout = (row, rows.strides[0], name, addresses.strides[0])
        if layout == self._pointed and count <= self._pointed_count:
            return
        index = self._index[:count]
        self._bases[:count] = index * np.uint64(rows.strides[0]) + np.uint64(row)
        self._names[:count] = index * np.uint64(addresses.strides[0]) + np.uint64(name)
        self._pointed, self._pointed_count = layout, count


def _address_of(array: Bytes2D) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


# -------------------------------------------------------------------------------------------------------------- portable


class PortableSocket:
    """A :class:`DatagramSocket` with the standard library alone. Raises as :class:`BatchSocket` does."""

    def __init__(self, ip: str, port: int, batch: int = DEFAULT_BATCH) -> None:
        self._socket = _bound_socket(ip, port)
        self.local = _local(self._socket)
        self.refused = 0
        self._batch = batch
        self.rx = np.zeros((batch, ROW_BYTES), np.uint8)
        self.rx_lengths = np.zeros(batch, np.int32)
        self.rx_addresses = np.zeros((batch, ADDRESS_BYTES), np.uint8)
        self.rx_address_lengths = np.zeros(batch, np.int32)
        # One byte more than a row, to tell a datagram that fills it from one that is longer.
        self._buffer = bytearray(ROW_BYTES + 1)

    def fileno(self) -> int:
        return self._socket.fileno()

    def receive(self) -> int:
        for index in range(self._batch):
            try:
                length, name = self._socket.recvfrom_into(self._buffer)
            except (BlockingIOError, InterruptedError, ConnectionRefusedError):
                return index
            if length > ROW_BYTES:
                length = 0
            row = _row_of(name)
            self.rx[index, :length] = np.frombuffer(self._buffer, np.uint8, length)
            self.rx_lengths[index] = length
            self.rx_addresses[index] = np.frombuffer(row, np.uint8)
            self.rx_address_lengths[index] = address_length(row)
        return self._batch

    def send(self, rows: Bytes2D, lengths: Integers, addresses: Bytes2D, address_lengths: Integers, count: int) -> int:
        del address_lengths  # the row's family says it
        for index in range(count):
            try:
                name = self._name_of(addresses[index].tobytes())
                self._socket.sendto(rows[index, : int(lengths[index])].tobytes(), name)
            except (OSError, ValueError) as error:
                code = error.errno if isinstance(error, OSError) else None
                if code in _FULL:
                    return index
                if code == errno.EBADF:
                    raise
                self.refused += 1
        return count

    def _name_of(self, row: bytes) -> tuple[str, int] | tuple[str, int, int, int]:
        ip, port = unpack_address(row)
        host, _, scope = ip.partition("%")
        six = ":" in host
        if six != (self._socket.family == socket.AF_INET6):
            raise ValueError(f"{ip} is of the other address family")
        return (host, port, 0, int(scope or 0)) if six else (host, port)

    def close(self) -> None:
        self._socket.close()


def _row_of(name: tuple[str, int] | tuple[str, int, int, int]) -> bytes:
    """A socket module's address as a row; the zone in the text, if any, is repeated in the scope id."""
    ip, port = name[0].partition("%")[0], name[1]
    return pack_address(f"{ip}%{name[3]}" if len(name) > 2 and name[3] else ip, port)


def open_socket(ip: str, port: int, batch: int = DEFAULT_BATCH) -> DatagramSocket:
    """The best kind that works here. Raises as :class:`BatchSocket` does."""
    if batching_available():
        return BatchSocket(ip, port, batch)
    return PortableSocket(ip, port, batch)
