"""Tables of the service desk: requests, their clock, partners, the desk's own things, results."""

from portal.service_requests.models.calendars import CalendarDay, CalendarYear, WorkCalendar
from portal.service_requests.models.desk import (
    AssignmentRule,
    BulkChange,
    RequestCheck,
    RequestDraft,
    RequestPresence,
    RequestWatch,
    SavedView,
    ServiceRevision,
    StaffProfile,
    TextModule,
)
from portal.service_requests.models.mails import ReceivedMail
from portal.service_requests.models.partners import (
    Partner,
    Quote,
    Referral,
    ReferralAttachment,
    ReferralEntry,
)
from portal.service_requests.models.reports import MonthlyReport, RequestFact
from portal.service_requests.models.request import (
    PRIORITIES,
    RequestAttachment,
    RequestEntry,
    RequestLink,
    RequestPause,
    ServiceRequest,
)
from portal.service_requests.models.results import Barrier, RequestBarrier, Satisfaction

__all__ = [
    "PRIORITIES",
    "AssignmentRule",
    "Barrier",
    "BulkChange",
    "CalendarDay",
    "CalendarYear",
    "MonthlyReport",
    "Partner",
    "Quote",
    "ReceivedMail",
    "Referral",
    "ReferralAttachment",
    "ReferralEntry",
    "RequestAttachment",
    "RequestBarrier",
    "RequestCheck",
    "RequestDraft",
    "RequestEntry",
    "RequestFact",
    "RequestLink",
    "RequestPause",
    "RequestPresence",
    "RequestWatch",
    "Satisfaction",
    "SavedView",
    "ServiceRequest",
    "ServiceRevision",
    "StaffProfile",
    "TextModule",
    "WorkCalendar",
]
