from catalog.store import METADATA, page, service
from common.migrate import run_migrations

# The modules put their tables into METADATA.
assert page.page_settings.metadata is service.service.metadata is METADATA

run_migrations(METADATA)
