from common.migrate import run_migrations
from public_api.history import service_day
from public_api.store import METADATA
from public_api.store.entity import entity
from public_api.store.page import page

# The modules put their tables into METADATA.
assert service_day.metadata is entity.metadata is page.metadata is METADATA

run_migrations(METADATA)
