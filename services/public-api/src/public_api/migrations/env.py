from common.migrate import run_migrations
from public_api.history import service_day
from public_api.store import METADATA

# The module puts its tables into METADATA.
assert service_day.metadata is METADATA

run_migrations(METADATA)
