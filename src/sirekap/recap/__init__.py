"""A unit's plenary: its sums beside those of the tier below, corrections with minutes, objections, versions."""

from __future__ import annotations

from sirekap.recap.acts import COURT as COURT
from sirekap.recap.acts import Act as Act
from sirekap.recap.acts import Answered as Answered
from sirekap.recap.acts import Attended as Attended
from sirekap.recap.acts import CarriedUp as CarriedUp
from sirekap.recap.acts import Closed as Closed
from sirekap.recap.acts import Corrected as Corrected
from sirekap.recap.acts import Objected as Objected
from sirekap.recap.acts import ObjectionKind as ObjectionKind
from sirekap.recap.acts import Opened as Opened
from sirekap.recap.acts import ReadOut as ReadOut
from sirekap.recap.acts import Reopened as Reopened
from sirekap.recap.acts import Signing as Signing
from sirekap.recap.acts import Withdrew as Withdrew
from sirekap.recap.acts import as_json as as_json
from sirekap.recap.acts import from_json as from_json
from sirekap.recap.acts import origin_of as origin_of
from sirekap.recap.plenary import NotAllowed as NotAllowed
from sirekap.recap.plenary import Plenary as Plenary
from sirekap.recap.plenary import Refusal as Refusal
from sirekap.recap.plenary import Stage as Stage
from sirekap.recap.plenary import after as after
from sirekap.recap.plenary import play as play
from sirekap.recap.sums import Block as Block
from sirekap.recap.sums import Blocked as Blocked
from sirekap.recap.sums import Column as Column
from sirekap.recap.sums import Part as Part
from sirekap.recap.sums import Recap as Recap
from sirekap.recap.sums import blocks as blocks
from sirekap.recap.sums import recapitulate as recapitulate
from sirekap.recap.sums import total as total
from sirekap.recap.sums import unexplained as unexplained
from sirekap.recap.sums import waiting_objections as waiting_objections
from sirekap.recap.tiers import above as above
from sirekap.recap.tiers import holds_plenary as holds_plenary
from sirekap.recap.tiers import parts as parts
