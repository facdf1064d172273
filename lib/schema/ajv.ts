import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Static, TSchema } from 'typebox';

const strict = addFormats.default(new Ajv2020({ strict: true, strictTypes: 'log', allErrors: false }));
/** Path and query parameters, form fields and environment variables arrive as text: numbers and booleans are read from it, defaults filled in. */
const fromText = addFormats.default(new Ajv2020({ strict: true, coerceTypes: true, useDefaults: true }));

/** A compiled schema: tells whether a value fits, and narrows its type. `problem` names what did not fit, and where. */
export interface Validator<S extends TSchema> {
  check(value: unknown): value is Static<S>;
  /** Returns the value, typed. Throws `NotOfSchema`, naming the field. */
  parse(value: unknown): Static<S>;
}

export class NotOfSchema extends Error {
  readonly field: string;
  readonly rule: string;

  constructor(field: string, rule: string, message: string) {
    super(message);
    this.name = 'NotOfSchema';
    this.field = field;
    this.rule = rule;
  }
}

/** `/seats/3/price` → `seats[3].price`; a missing or unknown property is named itself. */
function fieldOf(error: ErrorObject): string {
  const last = error.params.missingProperty ?? error.params.additionalProperty ?? error.params.unevaluatedProperty;
  const path = error.instancePath.split('/').slice(1);
  if (typeof last === 'string') path.push(last);
  return path.reduce(
    (field, part) => (/^\d+$/.test(part) ? `${field}[${part}]` : field ? `${field}.${part}` : part),
    '',
  );
}

function messageOf(error: ErrorObject): string {
  if (error.keyword === 'additionalProperties') return 'is not a known field';
  if (error.keyword === 'required') return 'is required';
  if (error.keyword === 'enum') return `must be one of: ${error.params.allowedValues.join(', ')}`;
  return error.message ?? 'is not valid';
}

function validatorOf<S extends TSchema>(ajv: Ajv2020, schema: S): Validator<S> {
  const validate = ajv.compile(schema) as ValidateFunction;
  const check = (value: unknown): value is Static<S> => validate(value);
  return {
    check,
    parse(value) {
      if (check(value)) return value;
      const [error] = validate.errors ?? [];
      if (!error) throw new NotOfSchema('', 'unknown', 'is not valid');
      throw new NotOfSchema(fieldOf(error), error.keyword, messageOf(error));
    },
  };
}

/** For JSON: types must be exactly right. */
export const compile = <S extends TSchema>(schema: S): Validator<S> => validatorOf(strict, schema);
/** For text (query, path, forms, environment): coerces types and fills in defaults, in place. */
export const compileForText = <S extends TSchema>(schema: S): Validator<S> => validatorOf(fromText, schema);
