// Files into pictures: decoded, made grey for measuring, made small for showing. This module has the DOM's canvas.
import { greyOf } from './measure/grey.js';
import { project } from './measure/plane.js';
import { sha256, strip } from './strip.js';

export const MOST_BYTES = 20000000; // as the server takes

function canvasOf(width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** What a source (video, image, bitmap) shows, no larger than `longest` pixels: {grey, scale, canvas}. */
export function greyFrom(source, width, height, longest, canvas) {
  const share = Math.min(1, longest / Math.max(width, height));
  const w = Math.max(1, Math.round(width * share)), h = Math.max(1, Math.round(height * share));
  const on = canvas || canvasOf(w, h);
  if (on.width !== w || on.height !== h) { on.width = w; on.height = h; }
  const context = on.getContext('2d', { willReadFrequently: true });
  context.drawImage(source, 0, 0, w, h);
  return { grey: greyOf(context.getImageData(0, 0, w, h).data, w, h), scale: width / w, canvas: on };
}

/** A blob as an <img> that is loaded. Rejects where it is no picture. */
export function imageOf(blob) {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(blob), image = new Image();
    image.onload = () => { resolve(image); setTimeout(() => URL.revokeObjectURL(address), 1000); };
    image.onerror = () => { URL.revokeObjectURL(address); reject(new Error('no picture')); };
    image.src = address;
  });
}

/** A blob's bytes, also where Blob.arrayBuffer is missing. */
export async function bytesOf(blob) {
  return new Uint8Array(await new Response(blob).arrayBuffer());
}

const asBlob = (canvas, quality) => new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));

/**
 * A file as it is sent: without anything but its picture, {blob, bytes, sha256, image}. Its own bytes are kept where
 * their structure is clear; else (HEIC, a damaged JPEG) it is drawn anew. Rejects where it is no picture.
 */
export async function prepared(file) {
  const image = await imageOf(file);
  let kept = strip(await bytesOf(file));
  if (!kept) {
    const canvas = canvasOf(image.naturalWidth, image.naturalHeight);
    canvas.getContext('2d').drawImage(image, 0, 0);
    kept = strip(await bytesOf(await asBlob(canvas, 0.93)));
  }
  const blob = new Blob([kept.bytes], { type: kept.type });
  return { blob, size: kept.bytes.length, sha256: await sha256(kept.bytes), image: await imageOf(blob) };
}

/** A small picture as a data address, turned so that the page stands upright where it was found. */
export function thumbOf(image, found, scale, long) {
  const width = image.naturalWidth, height = image.naturalHeight;
  let turn = 0;
  if (found) {
    const a = project(found.map, 0, 0), b = project(found.map, 1, 0);
    turn = Math.round(Math.atan2(b[1] - a[1], b[0] - a[0]) / (Math.PI / 2));
  }
  const share = long / Math.max(width, height), w = Math.round(width * share), h = Math.round(height * share);
  const canvas = turn % 2 ? canvasOf(h, w) : canvasOf(w, h), context = canvas.getContext('2d');
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate(-turn * Math.PI / 2);
  context.drawImage(image, -w / 2, -h / 2, w, h);
  return canvas.toDataURL('image/jpeg', 0.7);
}

/** The part of a photograph that shows a figure's boxes, as a data address: what to type from without a network. */
export function cutOf(image, map, scale, boxes) {
  const pad = 0.25 * boxes[0][3], first = boxes[0], last = boxes[boxes.length - 1];
  const x = first[0] - pad, y = first[1] - pad, w = last[0] + last[2] - first[0] + 2 * pad, h = first[3] + 2 * pad;
  const [o, a, b] = [[x, y], [x + w, y], [x, y + h]].map((mm) => project(map, mm[0], mm[1]).map((v) => v * scale));
  const fine = Math.min(6, 160 / w), canvas = canvasOf(Math.round(w * fine), Math.round(h * fine));
  const context = canvas.getContext('2d');
  // the affine map of three corners: a box is small enough for it
  const m = [(a[0] - o[0]) / canvas.width, (a[1] - o[1]) / canvas.width, (b[0] - o[0]) / canvas.height, (b[1] - o[1]) / canvas.height];
  const det = m[0] * m[3] - m[1] * m[2];
  if (Math.abs(det) < 1e-9) return null;
  const inverse = [m[3] / det, -m[1] / det, -m[2] / det, m[0] / det];
  context.setTransform(inverse[0], inverse[1], inverse[2], inverse[3],
    -(inverse[0] * o[0] + inverse[2] * o[1]), -(inverse[1] * o[0] + inverse[3] * o[1]));
  context.drawImage(image, 0, 0);
  return canvas.toDataURL('image/jpeg', 0.8);
}
