# Parley in one image: the service, its media process and the web client.
#   docker build -t parley . && docker run -p 8080:8080 -p 7882:7882/udp -v parley:/data -e PARLEY_PUBLIC_IP=<this host's address> parley

FROM python:3.12-slim AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore

# What changes seldom comes first: the packages, then the client's packages, then the sources.
COPY requirements requirements
RUN python -m venv /opt/parley \
    && /opt/parley/bin/pip install --quiet --require-hashes --requirement requirements/run.txt \
    && python -m venv .venv \
    && .venv/bin/pip install --quiet --require-hashes --requirement requirements/web.txt
COPY scripts scripts
COPY web/package.json web/package-lock.json web/.npmrc web/
RUN scripts/node npm ci --no-progress --loglevel=error
COPY . .
RUN scripts/node npm run --silent build \
    && scripts/node node ../scripts/compress.mjs dist \
    && .venv/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/parley/bin/pip install --quiet --no-deps --no-index /wheels/*.whl \
    && /opt/parley/bin/pip uninstall --quiet --yes pip \
    && /opt/parley/bin/python -m compileall -q /opt/parley

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Parley" \
      org.opencontainers.image.description="A self-hosted place to talk: text chat and voice for groups" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin parley \
    && install --directory --mode 0700 --owner parley --group parley /data
COPY --from=build /opt/parley /opt/parley
ENV PATH=/opt/parley/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PARLEY_HOST=0.0.0.0,:: \
    PARLEY_DATA=/data
USER parley
WORKDIR /data
VOLUME /data
EXPOSE 8080/tcp 7882/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=3 CMD ["parley", "health"]
ENTRYPOINT ["parley"]
CMD ["run"]
