"""Who won, step by step, and what it hangs on.

`president` decides offices that one wins, `seats` the seats of parties in a district, `elected` the people,
`house` puts districts together; `margins` says how many votes a seat hangs on, `open` and `seats_open` whether
what is missing or held back could change the result. `words` and `telling` say it in Indonesian and English.
"""

from __future__ import annotations

from sirekap.outcome.open import Answer as Answer
from sirekap.outcome.open import Judged as Judged
from sirekap.outcome.open import Open as Open
from sirekap.outcome.open import Rule as Rule
from sirekap.outcome.open import Why as Why
from sirekap.outcome.open import judge as judge
from sirekap.outcome.open import rule_of as rule_of
from sirekap.outcome.seats_open import OpenDistrict as OpenDistrict
from sirekap.outcome.seats_open import judge_seats as judge_seats
from sirekap.outcome.words import sentence as sentence
