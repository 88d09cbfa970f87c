import "react";

declare module "react" {
  // Names match React's own declaration; browsers know the attribute, React's types do not.
  interface InputHTMLAttributes<T> {
    webkitdirectory?: string;
  }
}
