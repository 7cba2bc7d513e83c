"""Free ports on loopback."""

import socket

from fermata.errors import ConfigurationError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on at this moment.

    Someone else may take it before it is used: whoever starts a server on it must be ready to try another.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def check_free(port: int, option: str) -> None:
    """Checks that a port which somebody asked for can be had.

    Args:
        port: 0 can always be had.
        option: The option that names another, for the error.

    Raises:
        ConfigurationError: Somebody listens on it already.
    """
    try:
        listening_socket(port).close()
    except OSError as error:
        raise ConfigurationError(
            f"port {port} on {LOOPBACK} cannot be had: {error.strerror}; choose another with {option}, 0 for a free one"
        ) from error


def listening_socket(port: int = 0) -> socket.socket:
    """A socket that listens on 127.0.0.1, for a server of this process: it holds the port that it chose.

    Args:
        port: 0 takes a free one.

    Raises:
        OSError: The port is taken.
    """
    # The protocol is named, or asyncio would not turn off Nagle's algorithm: each answer would take 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Lets a server come back on its port at once, although connections of the one before linger in TIME_WAIT.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
