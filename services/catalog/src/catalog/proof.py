"""Looks for the record that proves a custom domain. Asks name servers, and nothing at the domain itself."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver
from dns.nameserver import Do53Nameserver
from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.domain.custom_domain import RECORD_VALUE, CustomDomain, Finding
from common.setting_types import DomainName

LOOK_SECONDS = 5.0
DNS_PORT = 53


def _server(text: str) -> Do53Nameserver:
    """`192.0.2.1`, `192.0.2.1:5353` or `[2001:db8::1]:53`."""
    parts = urlsplit(f"//{text.strip()}")
    return Do53Nameserver(str(ip_address(parts.hostname or "")), parts.port or DNS_PORT)


def _servers(text: str) -> str:
    try:
        for each in text.split(","):
            _server(each)
    except ValueError:
        raise ValueError(
            "must be addresses of name servers, comma separated, such as 192.0.2.1 or [2001:db8::1]:53"
        ) from None
    return text


class DomainSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TIDINGS_", env_ignore_empty=True, extra="ignore", frozen=True)

    page_base_domain: DomainName = Field(
        default="localhost", description="pages have hosts below it, which nobody has to prove; the console is app.<it>"
    )
    dns_servers: Annotated[str, AfterValidator(_servers)] | None = Field(
        default=None,
        description="name servers to ask for the records of custom domains, with commas; else those of the machine",
        examples=["192.0.2.1, [2001:db8::1]:53"],
    )


class Prover:
    def __init__(self, settings: DomainSettings) -> None:
        self.base_domain = settings.page_base_domain
        self._servers = [_server(each) for each in settings.dns_servers.split(",")] if settings.dns_servers else None

    async def look(self, domain: CustomDomain) -> Finding:
        """Look for the domain's record, for at most 5 s. It never says `taken`, which DNS does not know."""
        try:
            resolver = dns.asyncresolver.Resolver(configure=self._servers is None)
            if self._servers is not None:
                resolver.nameservers = [*self._servers]
            name = dns.name.from_text(domain.record_name)
            answer = await resolver.resolve(name, "TXT", lifetime=LOOK_SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return Finding.MISSING
        except (dns.exception.DNSException, OSError):
            return Finding.UNREACHABLE
        values = {b"".join(record.strings).strip() for record in answer}
        if domain.record_value.encode() in values:
            return Finding.FOUND
        return (
            Finding.DIFFERENT if any(value.startswith(RECORD_VALUE.encode()) for value in values) else Finding.MISSING
        )
