// Grey pictures: {data: Uint8Array, width, height}. No DOM: runs the same in a test, a page or a worker.

/** Grey levels of RGBA pixels (ImageData or the like), ITU-R BT.601 weights. */
export function greyOf(rgba, width, height) {
  const data = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < data.length; i += 1, j += 4) {
    data[i] = (rgba[j] * 77 + rgba[j + 1] * 150 + rgba[j + 2] * 29) >> 8;
  }
  return { data, width, height };
}

/** Half the width and height, each pixel the mean of four. */
export function halved(grey) {
  const width = grey.width >> 1, height = grey.height >> 1, from = grey.data, step = grey.width;
  const data = new Uint8Array(width * height);
  for (let y = 0, o = 0; y < height; y += 1) {
    for (let x = 0, i = 2 * y * step; x < width; x += 1, o += 1, i += 2) {
      data[o] = (from[i] + from[i + 1] + from[i + step] + from[i + step + 1] + 2) >> 2;
    }
  }
  return { data, width, height };
}

/** Sums over all rectangles from the top left corner: (width + 1) × (height + 1). */
export function integralOf(grey) {
  const { data, width, height } = grey;
  const row = width + 1, sums = new Uint32Array(row * (height + 1));
  for (let y = 0; y < height; y += 1) {
    let line = 0;
    for (let x = 0, i = y * width, o = (y + 1) * row + 1; x < width; x += 1, i += 1, o += 1) {
      line += data[i];
      sums[o] = sums[o - row] + line;
    }
  }
  return { sums, row, width, height };
}

/** Mean of the rectangle [x0, x1) × [y0, y1) in whole pixels, which must lie in the picture. */
export function meanOf(integral, x0, y0, x1, y1) {
  const { sums, row } = integral;
  const total = sums[y1 * row + x1] - sums[y0 * row + x1] - sums[y1 * row + x0] + sums[y0 * row + x0];
  return total / ((x1 - x0) * (y1 - y0));
}

/** The grey level at a point between pixels (bilinear); `outside` beyond the picture. */
export function at(grey, x, y, outside) {
  const left = Math.floor(x), top = Math.floor(y);
  if (!(left >= 0 && top >= 0 && left + 1 < grey.width && top + 1 < grey.height)) return outside;
  const u = x - left, v = y - top, i = top * grey.width + left, data = grey.data;
  return (1 - v) * ((1 - u) * data[i] + u * data[i + 1])
    + v * ((1 - u) * data[i + grey.width] + u * data[i + grey.width + 1]);
}

/** The value below which a share of sorted numbers lies. */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** The middle one of some numbers; NaN of none. */
export function median(numbers) {
  return numbers.length ? quantile(Array.from(numbers).sort((a, b) => a - b), 0.5) : NaN;
}

/** Mean square of the picture's second differences: near 0 where nothing is sharp. */
export function sharpness(grey) {
  const { data, width, height } = grey;
  let sum = 0, squares = 0, count = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1, i = y * width + 1; x < width - 1; x += 1, i += 1) {
      const value = data[i - 1] + data[i + 1] + data[i - width] + data[i + width] - 4 * data[i];
      sum += value; squares += value * value; count += 1;
    }
  }
  return count ? squares / count - (sum / count) * (sum / count) : 0;
}
