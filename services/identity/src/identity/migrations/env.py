from common.migrate import run_migrations
from identity.store import METADATA, account, api_key, attempts, audit, mail, organization, page, signing

# The modules put their tables into METADATA.
for table in (
    account.account,
    api_key.api_key,
    attempts.attempts,
    audit.audit,
    organization.organization,
    mail.mail,
    page.page,
    signing.signing_key,
):
    assert table.metadata is METADATA

run_migrations(METADATA)
