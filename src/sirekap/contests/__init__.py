"""What is voted on, who stands, where seats are won, and the election's own limits.

`election` reads `election.toml` and the tickets of contests that one wins; `districts` the electoral districts,
`standing` the parties and candidates of those that seats are won in.
"""

from sirekap.contests.districts import HOUSES as HOUSES
from sirekap.contests.districts import ElectoralDistrict as ElectoralDistrict
from sirekap.contests.districts import parse_district_seats as parse_district_seats
from sirekap.contests.districts import parse_districts as parse_districts
from sirekap.contests.election import COLOURS as COLOURS
from sirekap.contests.election import CONTEST_CODES as CONTEST_CODES
from sirekap.contests.election import SYNTHETIC_ID as SYNTHETIC_ID
from sirekap.contests.election import Contest as Contest
from sirekap.contests.election import Election as Election
from sirekap.contests.election import Ticket as Ticket
from sirekap.contests.election import decided_at as decided_at
from sirekap.contests.election import parse_election as parse_election
from sirekap.contests.election import parse_tickets as parse_tickets
from sirekap.contests.standing import ACEH as ACEH
from sirekap.contests.standing import Candidate as Candidate
from sirekap.contests.standing import Party as Party
from sirekap.contests.standing import parse_candidates as parse_candidates
from sirekap.contests.standing import parse_parties as parse_parties
