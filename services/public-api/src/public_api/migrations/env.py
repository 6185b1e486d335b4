from common.migrate import run_migrations
from public_api.store import METADATA

run_migrations(METADATA)
