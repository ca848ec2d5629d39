"""The state machine of one sheet: what is proposed, what may be published as provisional, what people decide.

`standing`: where a sheet stands by its figures, its findings and who answered for them. `desk`: what the review
desk has to do about it, and what two people's blind entries decide. Drawn in docs/review.md.
"""

from __future__ import annotations

from sirekap.review.desk import Cause as Cause
from sirekap.review.desk import Entry as Entry
from sirekap.review.desk import Round as Round
from sirekap.review.desk import Step as Step
from sirekap.review.standing import CERTAIN as CERTAIN
from sirekap.review.standing import Acknowledgement as Acknowledgement
from sirekap.review.standing import Decision as Decision
from sirekap.review.standing import Standing as Standing
from sirekap.review.standing import State as State
from sirekap.review.standing import copied as copied
from sirekap.review.standing import decide as decide
from sirekap.review.standing import differences as differences
from sirekap.review.standing import is_certain as is_certain
from sirekap.review.standing import overruled as overruled
from sirekap.review.standing import stand as stand
from sirekap.review.standing import vouch as vouch
