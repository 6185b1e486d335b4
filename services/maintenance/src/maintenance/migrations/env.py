from common.migrate import run_migrations
from maintenance.store import METADATA, due, series, window

# The modules put their tables into METADATA.
for table in (due.due, series.series, window.maintenance):
    assert table.metadata is METADATA

run_migrations(METADATA)
