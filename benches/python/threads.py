"""What holds every library of a benchmark to one thread; to be set before they are loaded."""

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS", "TANTEO_NUM_THREADS"), "1"
)
