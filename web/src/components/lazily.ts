import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { loadLaterTexts } from "../texts/load";

/** A part whose code, and the texts of all such parts, come when it is first shown. */
export function lazily<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>>;
export function lazily<Module, Props>(
  load: () => Promise<Module>,
  pick: (module: Module) => ComponentType<Props>,
): LazyExoticComponent<ComponentType<Props>>;
export function lazily<Props>(
  load: () => Promise<unknown>,
  pick: (module: never) => ComponentType<Props> = (module: { default: ComponentType<Props> }) =>
    module.default,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    const [module] = await Promise.all([load(), loadLaterTexts()]);
    return { default: pick(module as never) };
  });
}
