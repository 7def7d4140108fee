# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src ./src
# The caches make the second build quick; the binary is copied out of them in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --profile dist --bin shopctl \
    && install -D target/dist/shopctl /out/shopctl \
    && mkdir -p /out/data

# No shell, no package manager, and not root.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/shopctl /usr/local/bin/shopctl
COPY --from=build --chown=nonroot:nonroot /out/data /data
# Logs are for machines; --log-format text is for people.
ENV XDG_DATA_HOME=/data SHOPCTL_LOG_FORMAT=json
USER nonroot
EXPOSE 5001 5002 5003 5004
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["/usr/local/bin/shopctl", "health", "http://127.0.0.1:5001/readyz"]
ENTRYPOINT ["/usr/local/bin/shopctl"]
CMD ["serve", "all", "--listen", "0.0.0.0"]
