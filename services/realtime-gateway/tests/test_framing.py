"""Frames without a connection: what RFC 6455 allows a client, what it does not, and that no bytes whatever break the parser."""

import itertools
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame as TheirFrame
from websockets.streams import StreamReader

from realtime_gateway import framing, protocol
from realtime_gateway.framing import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Closing,
    Failure,
    Heard,
    Message,
    Parser,
    Ping,
    Pong,
)

MAX = 1000


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, mask: bytes = b"\x01\x7f\x80\xff") -> bytes:
    """As a client sends it."""
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    else:
        length = b"\xfe" + struct.pack("!H", size) if size < 1 << 16 else b"\xff" + struct.pack("!Q", size)
    masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
    return bytes([fin << 7 | opcode]) + length + mask + masked


def heard(*chunks: bytes) -> list[Heard]:
    parser = Parser(MAX)
    return [said for chunk in chunks for said in parser.feed(chunk)]


def code_of(*chunks: bytes) -> int:
    """With what it fails, and that it fails at once and reads nothing more."""
    *_, failure = heard(*chunks, frame(TEXT, b"not heard"))
    assert isinstance(failure, Failure)
    return failure.code


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 1000])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_a_message_comes_out_whatever_its_length(opcode: int, size: int) -> None:
    content = ("ä" * size).encode()[:size] if opcode == BINARY else b"x" * size
    assert heard(frame(opcode, content)) == [Message(content.decode() if opcode == TEXT else content)]


def test_fragments_are_one_message_and_control_frames_may_stand_between_them() -> None:
    snowman = "☃".encode()
    assert heard(
        frame(TEXT, b"a" + snowman[:1], fin=False)
        + frame(PING, b"p")
        + frame(CONTINUATION, b"", fin=False)
        + frame(PONG, b"q")
        + frame(CONTINUATION, snowman[1:])
        + frame(BINARY, b"b")
    ) == [Ping(b"p"), Pong(b"q"), Message("a☃"), Message(b"b")]


@pytest.mark.parametrize("bit", [0x40, 0x20, 0x10])
def test_reserved_bits_are_refused(bit: int) -> None:
    said = frame(TEXT, b"x")
    assert code_of(bytes([said[0] | bit]) + said[1:]) == 1002


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
def test_reserved_opcodes_are_refused(opcode: int) -> None:
    assert code_of(frame(opcode)) == 1002


def test_frames_without_a_mask_are_refused() -> None:
    assert heard(framing.texts([b"x"])) == [Failure(1002, "A client's frames must be masked.")]


def test_another_mask_makes_another_text() -> None:
    said = bytearray(frame(TEXT, b"abcd"))
    said[2] ^= 0x01
    assert heard(bytes(said)) == [Message("`bcd")]
    said[2] ^= 0x80
    assert code_of(bytes(said)) == 1007


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
def test_control_frames_are_whole_and_short(opcode: int) -> None:
    assert code_of(frame(opcode, fin=False)) == 1002
    assert code_of(frame(opcode, b"\x03\xe8" + b"x" * 124)) == 1002
    assert len(heard(frame(opcode, b"\x03\xe8" + b"x" * 123))) == 1


def test_messages_do_not_mix() -> None:
    assert code_of(frame(CONTINUATION, b"x")) == 1002
    assert code_of(frame(TEXT, b"x", fin=False), frame(BINARY, b"x")) == 1002
    assert code_of(frame(TEXT, b"x"), frame(CONTINUATION, b"x")) == 1002


@pytest.mark.parametrize("length", [b"\xfe\x03\xe9", b"\xff" + struct.pack("!Q", MAX + 1), b"\xff" + b"\xff" * 8])
def test_what_is_too_large_is_refused_before_it_comes(length: bytes) -> None:
    parser = Parser(MAX)
    assert parser.feed(b"\x82" + length) == [Failure(1009, "The message is too large.")]


def test_fragments_together_are_not_larger_than_a_message() -> None:
    assert code_of(frame(TEXT, b"x" * 600, fin=False), frame(CONTINUATION, b"x" * 401)) == 1009
    assert len(heard(frame(TEXT, b"x" * 600, fin=False), frame(CONTINUATION, b"x" * 400))) == 1


@pytest.mark.parametrize("content", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf"])
def test_text_that_is_no_utf_8_is_refused(content: bytes) -> None:
    assert code_of(frame(TEXT, content)) == 1007
    assert code_of(frame(CLOSE, b"\x03\xe8" + content)) == 1007
    assert heard(frame(BINARY, content)) == [Message(content)]


def test_a_close_says_nothing_or_a_code_that_may_be_sent() -> None:
    assert heard(frame(CLOSE), frame(TEXT, b"not heard")) == [Closing(b"")]
    assert code_of(frame(CLOSE, b"\x03")) == 1002
    for code in (1000, 1001, 1003, 1007, 1014, 3000, 4999):
        payload = struct.pack("!H", code) + "tschüß".encode()
        assert heard(frame(CLOSE, payload)) == [Closing(payload)]
    for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535):
        assert code_of(frame(CLOSE, struct.pack("!H", code))) == 1002


def in_chunks(cuts: list[int], said: bytes) -> list[bytes]:
    places = [0, *sorted(cut % (len(said) + 1) for cut in cuts), len(said)]
    return [said[begin:end] for begin, end in itertools.pairwise(places)]


frames = st.builds(
    frame,
    st.sampled_from([CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG, 3, 11]),
    st.binary(max_size=20) | st.binary(min_size=120, max_size=400) | st.text(max_size=20).map(str.encode),
    fin=st.booleans(),
    mask=st.binary(min_size=4, max_size=4),
)
anything = st.binary(max_size=200) | st.lists(frames | st.binary(max_size=3), max_size=8).map(b"".join)


@settings(max_examples=500)
@given(said=anything, cuts=st.lists(st.integers(0, 1 << 16), max_size=20))
def test_any_bytes_in_any_chunks_mean_the_same_and_break_nothing(said: bytes, cuts: list[int]) -> None:
    whole = heard(said)
    assert heard(*in_chunks(cuts, said)) == whole
    assert heard(*(bytes([byte]) for byte in said)) == whole
    over = [n for n, each in enumerate(whole) if isinstance(each, Failure | Closing)]
    assert over in ([], [len(whole) - 1])


@settings(max_examples=200)
@given(
    messages=st.lists(st.text(max_size=300) | st.binary(max_size=300), max_size=5),
    pieces=st.lists(st.integers(1, 60), min_size=1, max_size=5),
    cuts=st.lists(st.integers(0, 1 << 16), max_size=20),
)
def test_what_a_client_says_in_whatever_fragments_and_chunks_is_heard(
    messages: list[str | bytes], pieces: list[int], cuts: list[int]
) -> None:
    said = b""
    for message in messages:
        content = message.encode() if isinstance(message, str) else message
        opcode = TEXT if isinstance(message, str) else BINARY
        for number, begin in enumerate(range(0, len(content), size := pieces[len(content) % len(pieces)])):
            rest = content[begin:]
            said += frame(CONTINUATION if number else opcode, rest[:size], fin=len(rest) <= size)
        said += b"" if content else frame(opcode)
    assert heard(*in_chunks(cuts, said)) == [Message(message) for message in messages]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_what_is_sent_is_what_others_read(size: int) -> None:
    contents = [b"x" * size, b"y"]
    reader = StreamReader()
    reader.feed_data(framing.texts(contents) + framing.close(1001, "tschüß"))
    for payload in (*contents, b"\x03\xe9" + "tschüß".encode()):
        steps = TheirFrame.parse(reader.read_exact, mask=False)
        with pytest.raises(StopIteration) as done:
            next(steps)
        assert done.value.value.data == payload


def test_every_reason_that_the_gateway_gives_fits_into_a_frame() -> None:
    closes = [each for each in vars(protocol).values() if isinstance(each, protocol.Close)]
    assert len(closes) > 10
    for each in closes:
        assert len(framing.close(each.code, each.reason)) <= 2 + framing.CONTROL_MAX_BYTES
