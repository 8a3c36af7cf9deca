"""统一社会信用代码 that check and can belong to nobody: their place, 000000, does not exist."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from parkscore.data.credit_codes import ALPHABET, check_letters
from parkscore.sampling.numbered_names import Letters, Numbers, texts_of_letters

_HEAD = b"91000000MA"  # an enterprise, of no place, with an organisation code as given out since 2015
_FREE = 6  # characters of the organisation code that are left to number with
_CODES = len(ALPHABET) ** _FREE
_STEP = 3**18  # shares no factor with the number of codes, so that different numbers get different codes
_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])  # GB 11714
_ORGANISATION_CHECK = np.frombuffer(b"0X987654321", dtype=np.uint8)  # by the weighted sum modulo 11


def made_up_codes(numbers: Numbers, seed: int) -> pa.StringArray:
    """A code for each number, all different up to 887 million of them, in no order.

    >>> made_up_codes(np.array([1, 2]), seed=1).to_pylist()
    ['91000000MADGFU9J1G', '91000000MAU20FBN2T']
    """
    left = (np.asarray(numbers, dtype=np.int64) * _STEP + seed % _CODES * 7919) % _CODES
    letters = np.empty((len(left), 18), dtype=np.uint8)
    letters[:, : len(_HEAD)] = np.frombuffer(_HEAD, dtype=np.uint8)
    for position in range(len(_HEAD) + _FREE - 1, len(_HEAD) - 1, -1):
        left, digits = np.divmod(left, len(ALPHABET))
        letters[:, position] = _LETTERS[digits]
    letters[:, 16] = _organisation_check(letters[:, 8:16])
    letters[:, 17] = check_letters(letters[:, :17])
    return texts_of_letters(letters)


def _organisation_check(letters: Letters) -> Letters:
    """The check character of organisation codes, (codes, 8) -> (codes,); a letter counts as its place after 9."""
    values = np.where(letters >= ord("A"), letters - (ord("A") - 10), letters - ord("0")).astype(np.int64)
    return np.asarray(_ORGANISATION_CHECK[values @ _ORGANISATION_WEIGHTS % 11], dtype=np.uint8)
