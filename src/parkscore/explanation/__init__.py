"""Why a unit has the score and the rank it has, item by item."""
