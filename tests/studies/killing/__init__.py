"""Kill writers with SIGKILL at random moments, and look whether anything that was acknowledged is lost.

    python -m tests.studies.killing --rounds 100 --seed 1 --door command|stow|research|deident \
        [--storage folder|s3] [--database sqlite|postgres]

makes an archive of its own in a temporary folder, with moto's S3 server or a PostgreSQL of its own where these are
asked for. Each round brings new files in by the command line (`command`: DICOM; `research`: NIfTI and NRRD volumes,
killed while slices are made of them), by STOW-RS into a real server (`stow`), or lets a worker de-identify new series
(`deident`), kills the process at a moment that the seed decides, and checks: every file that was acknowledged is there
with its rows and its very bytes; after recovery no blob lies without a row, no row without its blob, no half written
file, and the counts are right. Every third round the same command runs again to its end, and all files must be in. A
killed de-identification always goes on by itself, with a new worker whose sweeper finds its job.
"""
