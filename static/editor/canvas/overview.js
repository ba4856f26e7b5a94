/** A reduced copy of a large picture: to draw 16 million pixels into a window at each frame of a pan takes too long. */

const LARGE_PX = 2400;
const WIDTH_PX = 1600;

/** The copy, or null where the picture is small enough as it is. @param {ImageBitmap | null} picture
 * @returns {Promise<ImageBitmap | null>} */
export async function overviewOf(picture) {
  if (!picture || picture.width < LARGE_PX) return null;
  const resizeHeight = Math.max(Math.round((picture.height * WIDTH_PX) / picture.width), 1);
  return createImageBitmap(picture, { resizeWidth: WIDTH_PX, resizeHeight, resizeQuality: "medium" });
}

/** What to draw where the picture is shown so wide: never fewer pixels than the screen has.
 * @param {{picture: ImageBitmap | null, overview?: ImageBitmap | null}} sheet @param {number} width in device pixels */
export function drawnAt({ picture, overview }, width) {
  // Only where it has as many pixels as are shown: zoomed in, the picture itself is drawn.
  return overview && width <= overview.width ? overview : picture;
}
