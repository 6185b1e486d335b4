"""Tables of catalog, and what is loaded from and saved to them. Keys carry the organization, so no row can refer to another tenant's."""

from common.tables import infrastructure, metadata

METADATA = metadata("catalog")
TABLES = infrastructure(METADATA)
