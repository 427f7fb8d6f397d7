/** The part of a picture that is kept: moved and enlarged within its edges. Pure. */

export interface Size {
  width: number;
  height: number;
}
export interface Crop {
  /** 1: as much of the picture as fits the shape; 2: half of it. */
  zoom: number;
  /** The middle of what is kept, in pixels of the picture. */
  x: number;
  y: number;
}
export interface Rect extends Size {
  left: number;
  top: number;
}

export const MOST_ZOOM = 5;

const between = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), Math.max(least, most));

/** The middle, as large as it can be. */
export const whole = ({ width, height }: Size): Crop => ({ zoom: 1, x: width / 2, y: height / 2 });

/** What is kept of a picture in a shape (width : height). */
export function kept(picture: Size, shape: Size, { zoom, x, y }: Crop): Rect {
  const unit = Math.min(picture.width / shape.width, picture.height / shape.height) / zoom;
  const width = shape.width * unit;
  const height = shape.height * unit;
  return { left: x - width / 2, top: y - height / 2, width, height };
}

/** The nearest that lies within the picture. */
export function fitted(picture: Size, shape: Size, crop: Crop): Crop {
  const zoom = between(crop.zoom, 1, MOST_ZOOM);
  const { width, height } = kept(picture, shape, { ...crop, zoom });
  return {
    zoom,
    x: between(crop.x, width / 2, picture.width - width / 2),
    y: between(crop.y, height / 2, picture.height - height / 2),
  };
}

/** The picture pulled by so many pixels of a view that is `viewWidth` wide. */
export function pulled(
  picture: Size,
  shape: Size,
  crop: Crop,
  { dx, dy, viewWidth }: { dx: number; dy: number; viewWidth: number },
): Crop {
  const unit = kept(picture, shape, crop).width / viewWidth;
  return fitted(picture, shape, { ...crop, x: crop.x - dx * unit, y: crop.y - dy * unit });
}
