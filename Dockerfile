# syntax=docker/dockerfile:1
# Dateline for CPUs, its model inside. The corpus is mounted at /data/corpus, the index kept at /data/index.
FROM python:3.12-slim

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

# What changes seldom comes first, so that a new version of Dateline does not fetch PyTorch again.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --no-deps --index-url "$TORCH_INDEX" torch==2.13.0
COPY constraints.txt ./
COPY hashes ./hashes
RUN pip install --require-hashes --no-deps --requirement hashes/product.txt
COPY pyproject.toml README.md LICENSE app.py ./
COPY corpus ./corpus
COPY index ./index
COPY qa ./qa
RUN pip install --constraint constraints.txt --no-build-isolation --editable ".[mcp,opensearch]"

RUN useradd --uid 1000 dateline \
    && mkdir -p /data/corpus /data/index \
    && chown -R dateline:dateline /data
USER dateline

ENV DATELINE_CORPUS=/data/corpus DATELINE_INDEX=/data/index GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860 \
    HOME=/tmp HF_HUB_OFFLINE=1
VOLUME /data/index
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=10m \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=4)"]
CMD ["python", "app.py"]
