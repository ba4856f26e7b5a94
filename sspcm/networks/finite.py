"""Whether weights are numbers that a network can compute with."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor


def unusable(wanted: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> Iterator[str]:
    """What is wrong with the tensors that are to fill the wanted ones: NaN, infinity, variances below 0."""
    for name, tensor in found.items():
        if tensor.is_complex():
            yield f"tensor '{name}' holds complex numbers"
        # As it will be used: a finite 64-bit number may be infinite in 32 bits.
        elif not torch.isfinite(tensor.to(wanted[name].dtype if name in wanted else tensor.dtype)).all():
            many = int((~torch.isfinite(tensor)).sum()) or "some, as 32-bit numbers,"
            yield f"tensor '{name}' of {tensor.numel():,} numbers holds {many} that are NaN or infinite"
        elif name.endswith("running_var") and bool((tensor < 0).any()):
            yield f"tensor '{name}' holds variances below 0"
