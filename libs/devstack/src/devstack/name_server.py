"""A name server of a test's own: it knows the TXT records that it is given, and nobody on the internet is asked for anything."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """`texts` by name. A name without any does not exist; of one that is `broken` the server does not know what to say."""

    texts: dict[str, Sequence[str]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    address: str = ""
    _transport: asyncio.DatagramTransport | None = None

    def datagram_received(self, data: bytes, client: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        [question] = query.question
        name = question.name.to_text(omit_final_dot=True)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if name in self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif texts := self.texts.get(name):
            answer.answer = [dns.rrset.from_text_list(question.name, 60, "IN", "TXT", [f'"{text}"' for text in texts])]
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        assert self._transport is not None
        self._transport.sendto(answer.to_wire(), client)


@asynccontextmanager
async def name_server() -> AsyncIterator[NameServer]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    host, port = transport.get_extra_info("sockname")
    server.address, server._transport = f"{host}:{port}", transport
    try:
        yield server
    finally:
        transport.close()
