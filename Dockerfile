# The one image of Fermata: `fermata api`, `fermata worker`, `fermata migrate`, `fermata setup`, `fermata doctor`.
#
#   docker build --tag fermata:local .
#   docker run --read-only --tmpfs /tmp --env-file settings.env fermata:local api
#
# The Python of the tests. Raise the tag to take its security fixes.
FROM python:3.11.14-slim-bookworm AS python
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# Everything that is locked, each file held against its hash: it tells what production needs of it, and builds the wheel.
FROM python AS locked
WORKDIR /build
COPY requirements.txt pyproject.toml ./
RUN python -m venv /locked && /locked/bin/pip install --require-hashes -r requirements.txt
COPY deploy/closure.py deploy/image_requirements.py deploy/
RUN /locked/bin/python -m deploy.image_requirements > image.txt

FROM locked AS built
RUN python -m venv /opt/fermata && /opt/fermata/bin/pip install --no-deps --require-hashes -r image.txt
COPY README.md LICENSE ./
COPY activities activities
COPY api api
COPY cli cli
COPY fermata fermata
COPY worker worker
COPY workflows workflows
RUN /locked/bin/pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
 && /opt/fermata/bin/pip install --no-deps --no-index wheels/*.whl \
 && /opt/fermata/bin/pip uninstall --yes pip setuptools \
 && python -m compileall -q /opt/fermata

# Nothing of the build but the finished folder, owned by root and written by nobody.
FROM python
LABEL org.opencontainers.image.title="Fermata" org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin fermata
COPY --from=built /opt/fermata /opt/fermata
ENV PATH=/opt/fermata/bin:$PATH HOME=/tmp
WORKDIR /tmp
USER 10001:10001
EXPOSE 8000 8001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 CMD ["python", "-m", "cli.healthcheck"]
ENTRYPOINT ["fermata"]
