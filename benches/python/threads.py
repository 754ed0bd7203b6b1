"""Environment variables that limit each library of a benchmark to one thread; set them before loading the libraries."""

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS", "TANTEO_NUM_THREADS"), "1"
)
