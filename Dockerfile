# Two container images of one file: `docker build --target web .` serves pages and has no torch, `--target worker` trains.
# Without a target: both in one, `docker run --gpus all -p 127.0.0.1:7860:7860 IMAGE`.
FROM python:3.11-slim AS web-needs

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    GRADIO_ANALYTICS_ENABLED=False HF_HUB_OFFLINE=1 SSPCM_HOME=/data SSPCM_HOST=0.0.0.0 PYTHONPATH=/srv/sspcm

RUN useradd --create-home --uid 10001 sspcm && mkdir -p /data /srv/sspcm && chown sspcm /data
WORKDIR /srv/sspcm

# Dependencies first, so that a change of code does not fetch them again.
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY sspcm/__init__.py sspcm/__init__.py
RUN pip install -c constraints.txt '.[app,bucket]' && pip uninstall -y sspcm

FROM web-needs AS worker-needs
# torch's wheels bring CUDA.
RUN pip install -c constraints.txt '.[train,app,imported,bucket]' && pip uninstall -y sspcm

FROM web-needs AS web
COPY sspcm sspcm
COPY db db
COPY app app
COPY static static
USER 10001
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s CMD ["python", "-P", "-m", "app", "health", "web"]
ENTRYPOINT ["python", "-P", "-m", "app"]
CMD ["web"]

FROM worker-needs AS worker
COPY sspcm sspcm
COPY db db
COPY app app
COPY static static
USER 10001
VOLUME /data
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s CMD ["python", "-P", "-m", "app", "health", "worker"]
# A container ends with its first process: this one waits until a trainer that was told to stop has kept its step.
ENTRYPOINT ["python", "-P", "-m", "app.processes.child", "--alone", "--grace", "30", "--", "python", "-P", "-m", "app"]
CMD ["worker"]

FROM worker AS both
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s CMD ["python", "-P", "-m", "app", "health", "web"]
ENTRYPOINT ["python", "-P", "-m", "app"]
CMD ["up"]
