# One image for web and worker: `docker run IMAGE web`, `docker run --gpus all IMAGE worker`, or `up` for both.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    GRADIO_ANALYTICS_ENABLED=False HF_HUB_OFFLINE=1 SSPCM_HOME=/data SSPCM_HOST=0.0.0.0 PYTHONPATH=/srv/sspcm

RUN useradd --create-home --uid 10001 sspcm && mkdir -p /data /srv/sspcm && chown sspcm /data
WORKDIR /srv/sspcm

# Dependencies first, so that a change of code does not fetch them again. torch's wheels bring CUDA.
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY sspcm/__init__.py sspcm/__init__.py
RUN pip install -c constraints.txt '.[train,app,imported]' && pip uninstall -y sspcm

COPY sspcm sspcm
COPY db db
COPY app app
COPY static static

USER sspcm
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:7860/healthz', headers={'Host': 'localhost'}), timeout=4)"]
ENTRYPOINT ["python", "-P", "-m", "app"]
CMD ["up"]
