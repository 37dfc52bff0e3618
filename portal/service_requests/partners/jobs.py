"""Repeated work of referrals: reminders, and what requests that ended leave behind."""

from portal.core import jobs
from portal.core.db import Database
from portal.service_requests.partners import referrals


@jobs.every(300, "remind partners of referrals")
def remind(database: Database) -> None:
    with database.transaction() as session:
        referrals.remind(session)


@jobs.every(60, "withdraw referrals of ended requests")
def withdraw(database: Database) -> None:
    with database.transaction() as session:
        referrals.withdraw_left_behind(session)
