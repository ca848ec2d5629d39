"""The public log's pure part: Merkle trees. It knows no election."""
