from catalog.store import METADATA, custom_domain, effects, layout, page, service
from common.migrate import run_migrations

# The modules put their tables into METADATA.
for table in (page.page_settings, custom_domain.custom_domain, layout.layout, service.service, effects.known_incident):
    assert table.metadata is METADATA

run_migrations(METADATA)
