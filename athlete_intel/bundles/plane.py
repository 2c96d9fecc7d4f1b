"""Two main directions of the profile: the map that people see, and where dense spots are sought as a last resort.

With a few hundred athletes and half a dozen features everybody is far from everybody, and no spot is dense. Then the
plane of the two main directions is searched instead, after each athlete was moved three times to the mean of the
nearest tenth of the athletes, which draws dense spots together.
Source: the k-nearest-neighbour form of mean shift, Fukunaga and Hostetler, IEEE Trans. Information Theory 1975.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.neighbors import NearestNeighbors

_MOVES = 3
_NEIGHBOUR_SHARE = 0.1
_LEAST_NEIGHBOURS = 3


@dataclass(frozen=True)
class Plane:
    """The two directions in which the rows it was learnt from differ most, and where those rows lie on them."""

    centre: np.ndarray
    directions: np.ndarray
    known: np.ndarray

    def of(self, values: np.ndarray) -> np.ndarray:
        """Where each row lies on the plane: two columns."""
        return np.asarray((values - self.centre) @ self.directions.T)

    def drawn_together(self, values: np.ndarray) -> np.ndarray:
        """Where each row lies after it was moved towards the nearest dense spot of the known rows."""
        number = min(max(_LEAST_NEIGHBOURS, round(_NEIGHBOUR_SHARE * len(self.known))), len(self.known))
        near = NearestNeighbors(n_neighbors=number).fit(self.known)
        moved = self.of(values)
        for _ in range(_MOVES):
            moved = self.known[near.kneighbors(moved, return_distance=False)].mean(axis=1)
        return np.asarray(moved)


def learn_plane(values: np.ndarray) -> Plane:
    """The plane of the two main directions; the same for the same values.

    A direction has no sign of its own: it points to where its largest weight is positive. Directions that are missing,
    as there are too few rows or columns, are zero.

    >>> values = np.array([[0.0, 0.0], [-4.0, 1.0], [4.0, -1.0]])
    >>> learn_plane(values).of(values).round(2)[:, 0].tolist()
    [0.0, -4.12, 4.12]
    """
    directions = np.zeros((2, values.shape[1]))
    centre = values.mean(axis=0) if len(values) else np.zeros(values.shape[1])
    if len(values) > 1 and values.shape[1]:
        _, _, found = np.linalg.svd(values - centre, full_matrices=False)
        for i, direction in enumerate(found[:2]):
            directions[i] = direction * (np.sign(direction[np.abs(direction).argmax()]) or 1.0)
    return Plane(centre, directions, (values - centre) @ directions.T)
