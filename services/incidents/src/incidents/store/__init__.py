"""Tables of incidents, and what is loaded from and saved to them. Keys carry the organization, so no row can refer to another tenant's."""

from common.known_services import KnownServices
from common.tables import infrastructure, metadata

METADATA = metadata("incidents")
TABLES = infrastructure(METADATA)
KNOWN = KnownServices(METADATA)
