import { GraphError } from './graph-error.js';
import { isObject, type Json } from './json.js';
import type { TemplateCall } from './message-body.js';
import type { Template } from './template.js';

const BODY_MAX = 1_024;

/** Holds the parameters of a message against its template; throws what Meta answers to the first one that does not fit. */
export function checkTemplateParameters(template: Template, call: TemplateCall): void {
  const { shape } = template;
  checkHeader(template, component(call, 'header'));
  const values = textParameters(template, 'body', shape.bodyVariables, component(call, 'body'));
  const length = shape.body.length + [...values.values()].reduce((sum, value) => sum + value.length, 0);
  if (length > BODY_MAX) throw new GraphError(132_005, { details: `Translated text length ${length} exceeds the limit of ${BODY_MAX}` });
  checkButtons(template, call);
}

const component = (call: TemplateCall, type: string): Json | undefined =>
  call.components.find((c) => String(c['type']).toLowerCase() === type);

function parametersOf(given: Json | undefined): Json[] {
  const parameters = given?.['parameters'];
  if (parameters === undefined) return [];
  if (!Array.isArray(parameters) || !parameters.every(isObject))
    throw new GraphError(132_012, { details: 'parameters must be an array of objects' });
  return parameters;
}

function checkHeader(template: Template, given: Json | undefined): void {
  const { header, headerVariables } = template.shape;
  const parameters = parametersOf(given);
  if (header === 'none' || header === 'TEXT') {
    if (header === 'none' && parameters.length > 0) throw mismatch('header', parameters.length, 0);
    textParameters(template, 'header', headerVariables, given);
    return;
  }
  const expected = header === 'GIF' ? 'gif' : header.toLowerCase();
  const [first] = parameters;
  if (first === undefined) throw new GraphError(132_012, { details: `header: Format mismatch, expected ${header}, received UNKNOWN` });
  if (first['type'] !== expected) {
    throw new GraphError(132_012, {
      details: `header: Format mismatch, expected ${header}, received ${String(first['type']).toUpperCase().slice(0, 32)}`,
    });
  }
  if (!isObject(first[expected])) throw new GraphError(132_012, { details: `header: Parameter of type ${expected} is missing` });
}

/** Values by variable. A named template takes names, a positional one an order; neither forgives the other's way. */
function textParameters(template: Template, where: string, variables: readonly string[], given: Json | undefined): Map<string, string> {
  const parameters = parametersOf(given);
  const named = template.parameterFormat === 'NAMED';
  const usable = named ? parameters.filter((p) => p['parameter_name'] !== undefined) : parameters;
  if (usable.length !== variables.length) throw mismatch(where, named ? usable.length : parameters.length, variables.length);
  return new Map(
    usable.map((parameter, i) => {
      const variable = named ? String(parameter['parameter_name']) : (variables[i] as string);
      if (!variables.includes(variable))
        throw new GraphError(132_018, { details: `${where}: Parameter name ${variable.slice(0, 64)} is not in the template` });
      const text = parameter['text'];
      if (parameter['type'] !== 'text' && typeof text !== 'string' && !isObject(parameter[String(parameter['type'])])) {
        throw new GraphError(132_012, { details: `${where}: Parameter ${variable} must be of type text` });
      }
      if (parameter['type'] === 'text') checkText(where, variable, text);
      return [variable, typeof text === 'string' ? text : ''];
    }),
  );
}

function checkText(where: string, variable: string, text: unknown): void {
  if (typeof text !== 'string' || text === '')
    throw new GraphError(131_008, { details: `${where}: Parameter of type text is missing text value` });
  if (/[\n\t]| {5}/.test(text))
    throw new GraphError(132_018, {
      details: `${where}: Param ${variable} cannot have new-line/tab characters or more than 4 consecutive spaces`,
    });
}

function checkButtons(template: Template, call: TemplateCall): void {
  for (const given of call.components.filter((c) => String(c['type']).toLowerCase() === 'button')) {
    const index = Number(given['index']);
    const button = template.shape.buttons[index];
    if (button === undefined)
      throw new GraphError(132_018, {
        details: `buttons: Button at index ${String(given['index']).slice(0, 8)} does not exist in the template`,
      });
    const subType = String(given['sub_type']).toUpperCase();
    if (subType !== button.type) {
      throw new GraphError(132_018, {
        details: `buttons: Button at index ${index} is of type ${button.type}, received ${subType.slice(0, 32)}`,
      });
    }
  }
  template.shape.buttons.forEach((button, index) => {
    const given = call.components.find((c) => String(c['type']).toLowerCase() === 'button' && Number(c['index']) === index);
    if (button.hasVariable && given === undefined)
      throw new GraphError(131_008, { details: `buttons: Button at index ${index} of type ${button.type} requires a parameter` });
  });
}

const mismatch = (where: string, given: number, expected: number): GraphError =>
  new GraphError(132_000, {
    details: `${where}: number of localizable_params (${given}) does not match the expected number of params (${expected})`,
  });
