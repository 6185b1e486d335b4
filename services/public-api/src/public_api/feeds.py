"""Feeds of incidents and maintenance windows: Atom, RSS and JSON Feed 1.1. Pure.

An entry is one incident or window with its whole timeline, and keeps its id for ever: so a reader shows it again when an update is posted,
and does not show it twice. Who changed last comes first.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from feedgen.feed import FeedGenerator

from public_api.archive import RECENT, Archive
from public_api.site.markdown import to_html
from public_api.site.words import WORDS
from public_api.xml_text import legible

Item = Mapping[str, Any]

ATOM, RSS, JSON_FEED = "history.atom", "history.rss", "feed.json"
_STATUSES = {**WORDS["maintenance_status"], **WORDS["incident_status"], "postmortem": WORDS["postmortem"]}


@dataclass(frozen=True, slots=True)
class Entry:
    """`content` is HTML, what people wrote in it sanitised."""

    id: str
    url: str
    title: str
    content: str
    published: datetime
    updated: datetime


def render(document: Item, archive: Archive, address: str) -> dict[str, str]:
    """Every feed by its path. `address` is where the page is, without a slash at its end."""
    name = document["organization"]["name"]
    zone = ZoneInfo(document["organization"]["time_zone"])
    told = sorted(archive.by_path().items(), key=lambda pair: _changed(pair[1]), reverse=True)[:RECENT]
    entries = [_entry(item, f"{address}/{path}", zone) for path, item in told]
    title = legible(f"{name}: status")
    updated = entries[0].updated if entries else datetime.fromisoformat(archive.dates["created_at"])
    atom = _generator(title, address, ATOM, entries, updated)
    rss = _generator(title, address, RSS, entries, updated)
    return {
        ATOM: atom.atom_str(pretty=True).decode() + "\n",
        RSS: rss.rss_str(pretty=True).decode() + "\n",
        JSON_FEED: _json_feed(title, address, entries),
    }


def _generator(title: str, address: str, path: str, entries: Sequence[Entry], updated: datetime) -> FeedGenerator:
    feed = FeedGenerator()
    feed.id(f"{address}/")
    feed.title(title)
    feed.description("Incidents and maintenance")
    feed.generator("Tidings")
    feed.author(name=title)
    feed.link(href=f"{address}/{path}", rel="self")
    feed.link(href=f"{address}/", rel="alternate")
    # Else it would be the time at which it is made, and no two replicas would make the same bytes.
    feed.updated(updated)
    for entry in entries:
        made = feed.add_entry(order="append")
        made.id(entry.id)
        made.guid(entry.id, permalink=False)
        made.title(entry.title)
        made.link(href=entry.url, rel="alternate")
        made.content(entry.content, type="html")
        made.published(entry.published)
        made.updated(entry.updated)
    return feed


def _json_feed(title: str, address: str, entries: Sequence[Entry]) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": f"{address}/",
        "feed_url": f"{address}/{JSON_FEED}",
        "items": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "content_html": entry.content,
                "date_published": entry.published.isoformat(),
                "date_modified": entry.updated.isoformat(),
            }
            for entry in entries
        ],
    }
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":"))


def _changed(item: Item) -> tuple[datetime, str]:
    return datetime.fromisoformat(item["updated_at"]), item["id"]


def _entry(item: Item, url: str, zone: ZoneInfo) -> Entry:
    kind = "Maintenance" if "scheduled_start" in item else "Incident"
    return Entry(
        id=f"urn:uuid:{item['id']}",
        url=url,
        title=legible(f"{kind}: {item['title']}"),
        content="\n".join(_content(item, zone)),
        published=datetime.fromisoformat(item["created_at"]).astimezone(zone),
        updated=datetime.fromisoformat(item["updated_at"]).astimezone(zone),
    )


def _content(item: Item, zone: ZoneInfo) -> Iterator[str]:
    if "scheduled_start" in item:
        start, end = (_moment(item[time], zone) for time in ("scheduled_start", "scheduled_end"))
        yield f"<p>{WORDS['scheduled']} {WORDS['from_to'].format(start=start, end=end)}</p>"
    if item["services"]:
        yield f"<p>{WORDS['affects']}: {escape(legible(', '.join(service['name'] for service in item['services'])))}</p>"
    if item["description"]:
        yield to_html(legible(item["description"]))
    if postmortem := item.get("postmortem"):
        yield from _said("postmortem", postmortem["published_at"], postmortem["body"], zone)
    for update in item["updates"]:
        yield from _said(update["status"], update["created_at"], update["message"], zone)


def _said(status: str, moment: str, text: str, zone: ZoneInfo) -> Iterator[str]:
    yield f"<p><strong>{_STATUSES[status]}</strong>, {_moment(moment, zone)}</p>"
    yield to_html(legible(text))


def _moment(moment: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M %Z}"
